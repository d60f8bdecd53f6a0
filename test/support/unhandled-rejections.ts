// Loaded by mocha through .mocharc.json. An unhandled rejection ends a service's process; here it fails the
// test that is running, which mocha by itself would not do.
process.on('unhandledRejection', (reason) => {
  throw reason;
});
