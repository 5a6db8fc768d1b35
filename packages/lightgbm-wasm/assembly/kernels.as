// The hot loops, in AssemblyScript. Every function works on addresses in one memory that JavaScript lays out;
// test/support/reference-kernels.ts holds the same functions in plain TypeScript, which must agree bit for bit.
export * from './histogram';
export * from './split';
export * from './rows';
export * from './binning';
export * from './walk';
export * from './single-row';
export * from './codes';
export * from './parse';
