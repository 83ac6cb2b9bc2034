import { codeFrame } from '../process/code-frame.ts'

/** Lines that Node.js, its loaders and CDK add to an error, without information about the app. */
const NOISE = [
  /^\s+at .*(node:|node_modules)/,
  /^\s+at (async )?(Promise\.all|new Promise|<anonymous>)/,
  /^\s+\.\.\.[^.]*(node internals|aws-cdk-lib|tsx)[^.]*\.\.\./,
  /^\s+\(no user code in /,
  /^Node\.js v\d/,
  /^triggerUncaughtException\(/,
]
/** Before an error, Node.js prints the line that threw: `file:12`, the line, and a caret. */
const THROWN = /^(?:file:\/\/)?\S*:\d+\n.*\n\s*\^+\n+/gm

/**
 * Returns the output of an app that failed. Removes stack frames in packages. Adds the lines of
 * code around the first place that it names.
 */
export function readableOutput(root: string, output: string): string {
  const lines = output.split('\n').filter((line) => !NOISE.some((noise) => noise.test(line)))
  const text = lines
    .join('\n')
    .replaceAll(THROWN, '')
    .replaceAll(/^\s*\^\n/gm, '')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
  const frame = codeFrame(root, text)
  return frame === undefined ? text : `${text}\n\n${frame}`
}
