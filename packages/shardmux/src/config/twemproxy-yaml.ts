import type { ConfigProblem, Path, YamlFile } from '@shardmux/config-file';
import { type CST, isAlias, isMap, isSeq, type Node } from 'yaml';

/**
 * What Twemproxy refuses of YAML, even where it would change nothing. Names are not repeated: a password without quotes
 * may look like an alias or a tag.
 */
export function yamlProblems(file: YamlFile): ConfigProblem[] {
  const features = file.entries
    .map(({ node, path }) => featureProblem(file, node, path))
    .filter((problem) => problem !== null);
  return [...markerProblems(file), ...file.duplicates, ...features];
}

/** `---`, `...`, `%YAML`. */
function markerProblems(file: YamlFile): ConfigProblem[] {
  const markers = file.tokens.flatMap((token): readonly (CST.Token | CST.SourceToken)[] => {
    if (token.type === 'document') return token.start.filter(({ type }) => type === 'doc-start');
    return token.type === 'directive' || token.type === 'doc-end' ? [token] : [];
  });
  return markers.map(({ offset, type }) =>
    file.problemAt(offset, [], `a ${type} marker`, 'must be one document, without markers or directives'),
  );
}

function featureProblem(file: YamlFile, node: Node, path: Path): ConfigProblem | null {
  const offset = node.range?.[0] ?? 0;
  if (isAlias(node)) return file.problemAt(offset, path, 'an alias', 'must be written out');
  if (node.anchor) return file.problemAt(offset, path, 'an anchor', 'must have none');
  if (node.tag) return file.problemAt(offset, path, 'a tag', 'must have none');
  if ((isMap(node) || isSeq(node)) && node.flow) {
    return file.problemAt(offset, path, 'flow style', 'must be in block style, without brackets or braces');
  }
  return null;
}
