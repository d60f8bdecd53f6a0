// Named to mocha by .mocharc.json. A rejection that nothing handles ends a service's process; here it fails
// the test that is running, where mocha by itself would say nothing.
process.on('unhandledRejection', (reason) => {
  throw reason;
});
