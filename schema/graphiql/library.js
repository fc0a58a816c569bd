// The library (查询库): saved queries for the reader's role; one click runs one in a new tab.
import { say } from './language.js';

const { createElement: h, useEffect, useState } = React;
const { useEditorContext, useExecutionContext } = GraphiQL.React;

// `@task.id` is looked up among the reader's own rows, of each list the first; `@key` is fresh.
export function filled(value, facts) {
  if (Array.isArray(value)) return value.map(each => filled(each, facts));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, filled(each, facts)]));
  }
  if (typeof value !== 'string' || !value.startsWith('@')) return value;
  if (value === '@key') return crypto.randomUUID();
  const [first, ...path] = value.slice(1).split('.');
  const rows = facts?.[first]?.nodes ?? facts?.[first];
  return path.reduce((found, name) => found?.[name], Array.isArray(rows) ? rows[0] : rows) ?? '';
}

const matches = (example, word) =>
  `${example.title.zh} ${example.title.en} ${example.name}`.toLowerCase().includes(word.trim().toLowerCase());

function Entry({ example, open }) {
  const { zh, en } = example.title;
  const [title, detail] = en.split(': ', 2);
  return h('li', null, h('button', { type: 'button', onClick: open, 'data-name': example.name },
    h('b', null, say(zh, title)),
    h('small', null, say(en, [zh, detail].filter(Boolean).join(' · '))),
    example.kind === 'query' ? null : h('em', null, say('只打开，不执行', 'opens, does not run'))));
}

function Shelf({ examples, role, facts }) {
  const editor = useEditorContext({ nonNull: true });
  const execution = useExecutionContext({ nonNull: true });
  const [word, setWord] = useState('');
  const [all, setAll] = useState(false);
  const [next, setNext] = useState(null);

  // GraphiQL fills the new tab on its next rendering, and only then may we.
  useEffect(() => {
    if (!next) return;
    setNext(null);
    editor.queryEditor.setValue(next.query);
    editor.variableEditor.setValue(next.variables);
    editor.setOperationName(next.name);
    if (next.kind === 'query') execution.run();
  }, [next]);

  const open = async example => {
    const named = Object.keys(example.variables).length > 0;
    const variables = named ? filled(example.variables, await facts()) : undefined;
    editor.addTab();
    setNext({ ...example, variables: named ? JSON.stringify(variables, null, 2) : '' });
  };
  // Questions before acts, and what few may do before what everybody may.
  const shown = examples.filter(each => (all || each.roles.includes(role)) && matches(each, word))
    .sort((one, other) => other.kind.localeCompare(one.kind) || one.roles.length - other.roles.length);
  return h('section', { className: 'library' },
    h('h2', null, say('查询库', 'Library')),
    h('input', {
      type: 'search', value: word, onChange: event => setWord(event.target.value),
      placeholder: say('查找…', 'Search…'), 'aria-label': say('查找', 'Search'),
    }),
    h('label', null,
      h('input', { type: 'checkbox', checked: all, onChange: event => setAll(event.target.checked) }),
      say('也列出其他用户类型的', 'Also those of other user types')),
    h('ul', null, shown.map(each => h(Entry, { key: each.name, example: each, open: () => open(each) }))),
    shown.length ? null : h('p', null, say('没有找到。', 'Nothing found.')));
}

const Icon = () => h('svg', { viewBox: '0 0 24 24', fill: 'none', stroke: 'currentColor', strokeWidth: 1.5 },
  h('path', { d: 'M5 4h4v16H5zM9 4h4v16H9zM14 5l4-1 3 15-4 1z' }));

export function library(examples, role, facts) {
  return {
    title: '查询库 · Library',
    icon: Icon,
    content: () => h(Shelf, { examples, role, facts }),
  };
}
