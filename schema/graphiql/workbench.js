// The workbench of staff: GraphiQL with a library of saved queries, two languages and downloads.
import { ask, operations, send } from './api.js';
import { header, languages, say } from './language.js';
import { library } from './library.js';
import { csv, table, xlsx } from './sheet.js';

const { createElement: h, useEffect } = React;
const { ToolbarButton, useEditorContext, usePluginStore } = GraphiQL.React;
const EXCEL = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const root = ReactDOM.createRoot(document.getElementById('graphiql'));
const explorer = GraphiQLPluginExplorer.explorerPlugin();

function save(name, content, type) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// What is shown in the active tab, as a file; nothing more is asked of the server.
function Download({ kind, made, type }) {
  const editor = useEditorContext({ nonNull: true });
  const label = say(`把结果存为 ${kind}`, `Save the result as ${kind}`);
  const onClick = () => {
    let answer;
    try { answer = JSON.parse(editor.responseEditor.getValue()); } catch { return; }
    if (!answer.data) return;
    const day = new Date().toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' });
    const name = editor.queryEditor?.operationName || 'jijiao';
    save(`${name}-${day}.${kind.toLowerCase()}`, made(table(answer.data)), type);
  };
  return h(ToolbarButton, { label, onClick, className: 'save' }, kind);
}

// GraphiQL 4.1.2 marks the plugin of its property as visible and leaves its panel closed: press it.
function Opened({ plugin }) {
  const { plugins } = usePluginStore();
  useEffect(() => {
    if (plugins.includes(plugin)) document.querySelector(`[aria-label="Show ${plugin.title}"]`)?.click();
  }, [plugins]);
  return null;
}

const toolbar = shelf => ({ prettify, merge, copy }) => h(React.Fragment, null, prettify, merge, copy,
  h(Opened, { plugin: shelf }),
  h(Download, { kind: 'CSV', made: csv, type: 'text/csv' }),
  h(Download, { kind: 'XLSX', made: xlsx, type: EXCEL }));

function fetcher() {
  return GraphiQL.createFetcher({
    url: '/graphql',
    subscriptionUrl: `${location.origin.replace(/^http/, 'ws')}/graphql`,
    headers: { 'X-Jijiao-Client': 'graphiql', 'Accept-Language': header() },
    wsConnectionParams: { acceptLanguage: header() },
  });
}

// A new key draws everything anew in the other language; the tabs are remembered by GraphiQL.
function draw(shelf) {
  const welcome = say('# 从左侧的查询库中选一个查询，或在此输入。\n', '# Take a query of the library on the left, or write one.\n');
  root.render(h(GraphiQL, {
    key: header(),
    fetcher: fetcher(),
    plugins: [shelf, explorer],
    defaultQuery: welcome,
    defaultEditorToolsVisibility: 'variables',
    shouldPersistHeaders: false,
  }, h(GraphiQL.Logo, null, ' '), h(GraphiQL.Toolbar, null, toolbar(shelf))));
}

async function boot() {
  const fact = async file => (await send(await (await fetch(`/static/${file}`)).text(), {}, 'graphiql')).data;
  const facts = async () => Object.assign({}, ...await Promise.all(['facts.graphql', 'facts.review.graphql'].map(fact)));
  const [examples, answer] = await Promise.all([operations(), ask('Viewer')]);
  const { person, seat } = answer.data.viewer;
  document.getElementById('who').textContent = person.name;
  const show = () => draw(library(examples, seat.userType, facts));
  const name = ({ data }) => {
    const { organisation, groups } = data.viewer.seat;
    document.getElementById('seat').textContent = [organisation.name, ...groups.map(group => group.name)].join(' · ');
  };
  name(answer);
  languages(document.getElementById('language'), async () => { show(); name(await ask('Viewer')); });
  show();
}

boot();
