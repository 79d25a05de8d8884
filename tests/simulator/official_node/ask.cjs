// Calls SOLAPI's own Node client, unchanged: reads [[method, ...arguments], ...] from the standard
// input, writes one line of JSON for each call. "$0.groupId" in an argument is what call 0 gave.
require("./redirect.cjs");
const { SolapiMessageService } = require("solapi");

const client = new SolapiMessageService(process.env.API_KEY, process.env.API_SECRET);
const given = [];

const found = (value) => {
  if (typeof value !== "string" || !value.startsWith("$")) return value;
  return value.slice(1).split(".").reduce((holder, name) => holder[name], given);
};

async function main() {
  let text = "";
  for await (const chunk of process.stdin) text += chunk;
  for (const [method, ...what] of JSON.parse(text)) {
    let line;
    try {
      given.push(await client[method](...what.map(found)));
      line = { answer: given.at(-1) };
    } catch (error) {
      given.push(null);
      line = { error: `${error.name}: ${error.message}` };
    }
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
}

main();
