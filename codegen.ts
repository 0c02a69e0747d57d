import type { CodegenConfig } from '@graphql-codegen/cli';

/** `npm run codegen`: the resolver types from the contract, and the contract printed as one file for reviewing its changes. */
const config: CodegenConfig = {
  schema: 'schema/*.graphql',
  emitLegacyCommonJSImports: false,
  importExtension: '.ts',
  silent: true,
  generates: {
    'src/graphql/generated.ts': {
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        immutableTypes: true,
        contextType: './context.ts#RequestContext',
        scalars: {
          Date: '../periode.ts#CivilDate',
          DateTime: 'Date',
          NationalId: 'string',
          OrganisationNumber: 'string',
          URL: 'string',
        },
        // What a resolver is handed as its parent. Renamed, for the generated types have the plain names.
        mappers: {
          Applicant: './answers.ts#ApplicantParent',
          Consent: '../access/ports.ts#Consent as ConsentParent',
          Disclosure: '../access/ports.ts#Disclosure as DisclosureParent',
          DataConsumer: '../access/ports.ts#DataConsumer as DataConsumerParent',
          Viewer: '../access/ports.ts#Caller as CallerParent',
          AapVedtaksliste: './answers.ts#AapVedtakslisteAnswer',
          AapMeldekortliste: './answers.ts#AapMeldekortlisteAnswer',
          Uforeopplysninger: './answers.ts#UforeopplysningerAnswer',
          ConsentRequired: './answers.ts#ConsentRequiredAnswer',
          AapVedtak: '../benefits/index.ts#AapVedtak as AapVedtakParent',
          AapPeriode: '../benefits/index.ts#AapPeriode as AapPeriodeParent',
          Meldekort: '../benefits/index.ts#Meldekort as MeldekortParent',
          Beregningsperiode: '../benefits/index.ts#Beregningsperiode as BeregningsperiodeParent',
        },
      },
    },
    'test/fixtures/schema.graphql': { plugins: ['schema-ast'], hooks: { afterOneFileWrite: 'biome format --write' } },
  },
};

export default config;
