// GraphiQL with the example operations as its first tabs; the login is that of the landing page,
// or a Bearer token in the header tab.
async function boot() {
  const examples = await (await fetch('/operations.json')).json();
  const fetcher = GraphiQL.createFetcher({ url: '/graphql', headers: { 'X-Jijiao-Client': 'graphiql' } });
  ReactDOM.createRoot(document.getElementById('graphiql')).render(
    React.createElement(GraphiQL, {
      fetcher,
      plugins: [GraphiQLPluginExplorer.explorerPlugin()],
      defaultTabs: examples.map(example => ({ query: example.query, variables: example.variables })),
      defaultEditorToolsVisibility: true,
      shouldPersistHeaders: false,
    }));
}

boot();
