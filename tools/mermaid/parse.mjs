// Reads a JSON list of diagrams from standard input, and prints a JSON list of what
// Mermaid's parser says of each: null, or why it refuses the diagram.
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";

// Mermaid cleans labels as a page would, and needs one for it.
const { window } = new JSDOM("");
Object.assign(globalThis, { window, document: window.document });
const { default: mermaid } = await import("mermaid");

const results = [];
for (const diagram of JSON.parse(readFileSync(0, "utf8"))) {
  try {
    await mermaid.parse(diagram);
    results.push(null);
  } catch (error) {
    results.push(error.message);
  }
}
console.log(JSON.stringify(results));
