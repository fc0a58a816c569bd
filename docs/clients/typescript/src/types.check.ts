// What must not compile: were a type lost on the way, its line would compile, and `tsc` complain.
import { Client } from './client.js';
import { ReviewListDocument, SignInDocument } from './gql/graphql.js';

export async function misuse(client: Client): Promise<void> {
  // @ts-expect-error: login and password are required
  await client.ask(SignInDocument, {});
  // @ts-expect-error: there is no such field to order by
  await client.ask(ReviewListDocument, { orderBy: [{ field: 'NOWHERE' }] });
  const { tasks } = await client.ask(ReviewListDocument, {});
  // @ts-expect-error: the operation did not ask for it
  tasks.nodes[0]?.employer;
  // @ts-expect-error: hours are text
  const hours: number | undefined = tasks.nodes[0]?.record?.declaredHours;
  console.log(hours);
}
