/** All of test/integration/*.test.ts; esbuild.mjs fills it. */
declare module 'integration-tests' {}
