// Sign in as a reviewer, read the inbox, sign out: npm run inbox -- ORIGIN LOGIN PASSWORD
import { Client } from './client.js';
import { ReviewListDocument, SignInDocument, SignOutDocument } from './gql/graphql.js';

const [origin = 'http://127.0.0.1:8000', login = 'handler', password = 'jijiao-demo'] =
  process.argv.slice(2);
const client = new Client(origin);

const { signIn } = await client.ask(SignInDocument, { login, password, userType: 'UNIT' });
if (signIn.__typename !== 'SignInPayload') throw new Error(`${signIn.code}: ${signIn.message}`);

const { tasks } = await client.ask(ReviewListDocument, { orderBy: [{ field: 'DUE_AT' }] });
console.log(`${signIn.user.person.name}: ${tasks.totalCount}`);
for (const task of tasks.nodes) {
  const acts = task.availableActions.filter(action => action.enabled).map(action => action.act);
  console.log([task.applicant.name, task.record?.courseName, task.dueAt, ...acts].join('\t'));
}
await client.ask(SignOutDocument, {});
