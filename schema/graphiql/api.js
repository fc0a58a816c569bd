// Questions our pages ask: the operations of the library, by name.
import { header } from './language.js';

let library;

export const operations = () => (library ??= fetch('/operations.json').then(answer => answer.json()));

export async function send(query, variables, client = 'pages') {
  const answer = await fetch('/graphql', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Accept-Language': header(),
      'X-Jijiao-Client': client,
    },
    body: JSON.stringify({ query, variables }),
  });
  return answer.json();
}

export async function ask(name, variables) {
  const found = (await operations()).find(each => each.name === name);
  return send(found.query, variables);
}
