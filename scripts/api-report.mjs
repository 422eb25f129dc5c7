// npm run api [-- --update]: compares what each public package exports with the report in its folder, api.md, or
// writes the reports anew. It reads what the compiler made of the packages, so build first.
//
//   dist/index.d.ts ──► exports, and what their types lead to within the package ──► sorted, without comments
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(root, 'node_modules/.cache/api');
const packages = ['packages', 'plugins']
  .flatMap((group) => readdirSync(join(root, group)).map((name) => join(group, name)))
  .map((folder) => ({ folder, ...JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) }))
  .filter((manifest) => !manifest.private);

const program = ts.createProgram(packages.map(entryOf), {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  types: ['node'],
});
const checker = program.getTypeChecker();
const printer = ts.createPrinter({ removeComments: true });

for (const manifest of packages) {
  const file = join(root, manifest.folder, 'api.md');
  const report = reportOf(manifest);
  if (process.argv.includes('--update')) writeFileSync(file, report);
  else compare(manifest.name, file, report);
}

function entryOf({ folder }) {
  return join(root, folder, 'dist/index.d.ts');
}

function compare(name, file, report) {
  if (existsSync(file) && readFileSync(file, 'utf8') === report) return;
  const now = join(cache, `${name}.md`);
  mkdirSync(dirname(now), { recursive: true });
  writeFileSync(now, report);
  console.error(`\nThe API of ${name} is not what its report says. If it is meant: npm run api -- --update`);
  const before = existsSync(file) ? file : '/dev/null';
  spawnSync('git', ['--no-pager', 'diff', '--no-index', before, now], { stdio: 'inherit' });
  process.exitCode = 1;
}

function reportOf(manifest) {
  const entry = program.getSourceFile(entryOf(manifest));
  if (entry === undefined) throw new Error(`${manifest.name} is not built: npm run build`);
  const moduleSymbol = checker.getSymbolAtLocation(entry);
  const exported = new Map(
    (moduleSymbol ? checker.getExportsOfModule(moduleSymbol) : []).map((each) => [resolved(each), each.name]),
  );
  const own = join(dirname(entry.fileName), '/');
  const inner = reachable([...exported.keys()], own).filter((symbol) => !exported.has(symbol));
  const sections = [
    `# API of ${manifest.name}`,
    'Made by `npm run api -- --update`.',
    fence([...exported].map(([symbol, name]) => textOf(symbol, name, own))),
  ];
  if (inner.length > 0) {
    const texts = inner.map((symbol) => textOf(symbol, symbol.name, own));
    sections.push('## Not exported, but part of the types above', fence(texts));
  }
  return `${sections.join('\n\n')}\n`;
}

function resolved(symbol) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** The symbols of the package that the given ones' declarations speak of, themselves included. */
function reachable(symbols, own) {
  const found = new Set();
  const visit = (symbol) => {
    if (found.has(symbol) || !isOwn(symbol, own)) return;
    found.add(symbol);
    for (const declaration of symbol.declarations) walk(declaration);
  };
  const walk = (node) => {
    if (ts.isIdentifier(node)) {
      const symbol = checker.getSymbolAtLocation(node);
      const target = symbol && resolved(symbol);
      if (target?.declarations?.some(isAtTop)) visit(target);
    }
    ts.forEachChild(node, walk);
  };
  symbols.forEach(visit);
  return [...found];
}

function isOwn(symbol, own) {
  return symbol.declarations?.every((each) => each.getSourceFile().fileName.startsWith(own)) ?? false;
}

/** A module as a whole, which a namespace names, lies within nothing. */
function isAtTop(declaration) {
  const { parent } = statementOf(declaration);
  return parent !== undefined && ts.isSourceFile(parent);
}

/** A `const`'s declaration lies within a list, within the statement. */
function statementOf(declaration) {
  return ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
}

function textOf(symbol, name, own) {
  if (!isOwn(symbol, own)) return `export { ${name} }; // of another package`;
  const texts = symbol.declarations.map((declaration) => {
    const statement = statementOf(declaration);
    return printer.printNode(ts.EmitHint.Unspecified, statement, statement.getSourceFile());
  });
  const renamed = symbol.name === name ? [] : [`export { ${symbol.name} as ${name} };`];
  return [...texts, ...renamed].join('\n');
}

function fence(texts) {
  return ['```ts', texts.sort().join('\n\n'), '```'].join('\n');
}
