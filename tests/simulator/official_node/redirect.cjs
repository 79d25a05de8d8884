// `api.solapi.com`, but here: what the official client connects to is the simulator.
// The certificate is still checked, against the test's own authority (NODE_EXTRA_CA_CERTS).
const tls = require("node:tls");

const HOST = "api.solapi.com";
const connect = tls.connect;

tls.connect = (options, ...rest) =>
  options.host === HOST || options.hostname === HOST || options.servername === HOST
    ? connect({ ...options, host: "127.0.0.1", port: Number(process.env.SIMULATOR_PORT), servername: HOST, lookup: undefined }, ...rest)
    : connect(options, ...rest);
