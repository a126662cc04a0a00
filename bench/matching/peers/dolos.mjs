// Runs Dolos over two folders and prints what it finds between them, one JSON array a line:
// asked path, first and last line (from 0, inclusive), fingerprints in the fragment, told path.
//
//     node dolos.mjs HOME LANGUAGE TOLD ASKED
//     node dolos.mjs HOME version
//
// HOME is the folder whose node_modules has @dodona/dolos-lib.

import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// Dolos keeps every token of every file of a run in memory. Files are therefore asked about in
// batches of so many characters, each beside all told files; pairs do not depend on other pairs.
const BATCH = 4_000_000;

// Every occurrence on one side is paired with every one on the other. A ruler of dashes has one
// gram at each of its places, and two files with many rulers a million pairs; such grams are left
// out where characters are read.
const OFTEN = 100;

const [home, language, told, asked] = process.argv.slice(2);
const require = createRequire(join(home, "package.json"));
const main = require.resolve("@dodona/dolos-lib");
const { Dolos, File } = await import(pathToFileURL(main).href);

function read(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
    .map((path) => new File(path, readFileSync(path, "utf8")));
}

function named(folder, file) {
  return file.path.slice(folder.length + 1).replaceAll("\\", "/");
}

function* batches(files) {
  let batch = [];
  let size = 0;
  for (const file of files) {
    if (batch.length > 0 && size + file.charCount > BATCH) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(file);
    size += file.charCount;
  }
  if (batch.length > 0) yield batch;
}

function ignoreRulers(report) {
  const rulers = report
    .sharedFingerprints()
    .filter((one) => one.files().some((file) => one.occurrencesOf(file).length > OFTEN));
  report.index.addIgnoredHashes(rulers.map((one) => one.hash));
}

function claims(report, sources, targets) {
  const targetIds = new Set(targets.map((file) => file.id));
  const sourceIds = new Set(sources.map((file) => file.id));
  const met = new Map();
  for (const fingerprint of report.sharedFingerprints()) {
    if (fingerprint.ignored) continue;
    const files = fingerprint.files();
    const right = files.filter((file) => targetIds.has(file.id));
    if (right.length === 0) continue;
    for (const left of files) {
      if (!sourceIds.has(left.id)) continue;
      let partners = met.get(left);
      if (!partners) met.set(left, (partners = new Set()));
      for (const file of right) partners.add(file);
    }
  }
  // Of fragments on the same lines the longest says all.
  const best = new Map();
  for (const [left, partners] of met) {
    for (const right of partners) {
      for (const fragment of report.getPair(left, right).buildFragments()) {
        const { startRow, endRow, endCol } = fragment.rightSelection;
        // A region that ends before the first column of a line has nothing of that line.
        const last = endCol === 0 && endRow > startRow ? endRow - 1 : endRow;
        const key = `${right.id}|${startRow}|${last}`;
        const score = fragment.pairs.length;
        if ((best.get(key)?.[3] ?? 0) >= score) continue;
        best.set(key, [named(asked, right), startRow, last, score, named(told, left)]);
      }
    }
  }
  return best.values();
}

function print(text) {
  return new Promise((resolve) => process.stdout.write(text, resolve));
}

if (language === "version") {
  require("@dodona/dolos-parsers");
  await print(require(join(main, "../../package.json")).version + "\n");
} else {
  const sources = read(told);
  if (sources.length > 0) {
    for (const batch of batches(read(asked))) {
      const dolos = new Dolos({ language });
      const report = await dolos.analyze([...sources, ...batch]);
      if (language === "char") ignoreRulers(report);
      for (const claim of claims(report, sources, batch)) await print(JSON.stringify(claim) + "\n");
    }
  }
}
