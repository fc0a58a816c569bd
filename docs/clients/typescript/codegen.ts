// Types for every operation of docs/operations, and the manifest of their hashes.
import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: '../../../schema/schema.graphql',
  documents: '../../operations/*.graphql',
  emitLegacyCommonJSImports: false,
  generates: {
    'src/gql/': {
      preset: 'client',
      presetConfig: {
        fragmentMasking: false,
        persistedDocuments: { mode: 'embedHashInDocument', hashAlgorithm: 'sha256' },
      },
      config: {
        documentMode: 'string',
        enumType: 'string-literal',
        useTypeImports: true,
        strictScalars: true,
        // Hours are text, never a float; dates are dates in Guangzhou.
        scalars: { Date: 'string', DateTime: 'string', Hours: 'string' },
      },
    },
  },
};
export default config;
