// A typed client in forty lines: an operation goes in, its answer comes out with its type.
import type { TypedDocumentString } from './gql/graphql.js';

export class Failed extends Error {
  constructor(readonly code: string, message: string) {
    super(message);
  }
}

interface Answer<Data> {
  data?: Data;
  errors?: { message: string; extensions?: { code?: string } }[];
}

export class Client {
  private cookie = '';

  constructor(readonly origin: string, readonly language: 'zh-CN' | 'en' = 'zh-CN') {}

  async ask<Data, Variables>(
    operation: TypedDocumentString<Data, Variables>,
    variables: Variables,
  ): Promise<Data> {
    const answer = await fetch(new URL('/graphql', this.origin), {
      method: 'POST',
      headers: this.headers(),
      body: JSON.stringify({ query: operation.toString(), variables }),
    });
    this.cookie = answer.headers.getSetCookie().at(-1)?.split(';')[0] ?? this.cookie;
    const { data, errors } = (await answer.json()) as Answer<Data>;
    const [error] = errors ?? [];
    if (error) throw new Failed(error.extensions?.code ?? 'UNKNOWN', error.message);
    if (data === undefined) throw new Failed('UNKNOWN', `status ${answer.status}`);
    return data;
  }

  // A browser adds cookie and origin by itself; a script that uses the cookie says where it is from.
  private headers(): Record<string, string> {
    const own = { 'X-Jijiao-Client': 'typescript-example', 'Accept-Language': this.language };
    const session = this.cookie ? { Cookie: this.cookie, Origin: this.origin } : {};
    return { 'Content-Type': 'application/json', ...own, ...session };
  }
}
