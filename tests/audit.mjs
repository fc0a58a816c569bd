// The audits of graphql-http, as they are published, against a running server: `make audit`.
import { createRequire } from 'node:module';

const { auditServer } = createRequire(`${process.cwd()}/`)('graphql-http');
const found = await auditServer({ url: process.argv[2], fetchFn: fetch });
const missed = found.filter(audit => audit.status !== 'ok');
for (const audit of missed) console.log(audit.status, audit.id, audit.name, audit.reason);
console.log(`${found.length - missed.length} of ${found.length}`);
process.exitCode = missed.length ? 1 : 0;
