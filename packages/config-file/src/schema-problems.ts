import type { z } from 'zod';
import { type ConfigProblem, describeValue } from './config-problem.js';
import { memberOf } from './plain.js';
import { mustBeOneOf } from './suggestion.js';
import type { Path, YamlFile } from './yaml-file.js';

type Issue = z.core.$ZodIssue;

/** A file that a schema was held against. */
interface Checked {
  readonly file: YamlFile;
  readonly value: unknown;
  readonly secrets: readonly (string | number)[];
}

/**
 * Says where in the file each issue of the schema is, and what is there.
 * @param secrets keys whose values, and those of their members, are not shown. Nor are keys in them: a password
 *   without quotes may be read as a mapping.
 */
export function schemaProblems(
  file: YamlFile,
  value: unknown,
  issues: readonly z.core.$ZodIssue[],
  secrets: readonly string[] = [],
): ConfigProblem[] {
  return issues.flatMap((issue) => issueProblems({ file, value, secrets }, issue, []));
}

function issueProblems(checked: Checked, issue: Issue, parent: Path): ConfigProblem[] {
  const { file, value, secrets } = checked;
  const path = [...parent, ...issue.path.filter((step) => typeof step !== 'symbol')];
  const isSecret = path.some((step) => secrets.includes(step));
  if (isSecret) return [secretProblem(checked, issue, path)];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) =>
        file.problemWithKey([...path, key], 'an unknown key', mustBeOneOf(key, issue.message.split(', '))),
      );
    case 'invalid_value': {
      const found = valueAt(value, path);
      const expected = mustBeOneOf(String(found), issue.values.map(String));
      return [file.problemWith(path, describeValue(found), expected)];
    }
    case 'invalid_key':
      return [file.problemWith(path, 'an empty key', 'must be a name that is not empty')];
    case 'invalid_union': {
      const meant = issue.errors.find((branch) => !branch.some(isOtherType));
      if (meant !== undefined) return meant.flatMap((inner) => issueProblems(checked, inner, path));
    }
  }
  const found = valueAt(value, path);
  return [file.problemWith(path, describeValue(found), issue.message)];
}

function secretProblem({ file, value }: Checked, issue: Issue, path: Path): ConfigProblem {
  if (issue.code === 'invalid_key')
    return file.problemWith(path.slice(0, -1), 'a key with blanks', 'must have names as keys');
  const found = valueAt(value, path);
  const description = typeof found === 'object' ? describeValue(found) : `a ${typeof found}`;
  return file.problemWith(path, description, issue.message);
}

/** The value is of another type than a branch of a union is for: that branch has nothing to tell. */
function isOtherType(issue: Issue): boolean {
  return issue.code === 'invalid_type' && issue.path.length === 0;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce((part: unknown, step) => memberOf(part, String(step)), value);
}
