import { codeFrame } from '../code-frame.ts'

/** What Node.js and its loaders add to an error and what no author of an app can use. */
const NOISE = [
  /^\s+at .*(node:|node_modules)/,
  /^Node\.js v\d/,
  /^node:internal/,
  /^\s+at (async )?(Promise\.all|new Promise|<anonymous>)/,
]

/**
 * Returns the output of an app that failed, without the stack's frames in packages, and with the
 * lines of code around the first place that it names.
 */
export function readableOutput(root: string, output: string): string {
  const lines = output.split('\n').filter((line) => !NOISE.some((noise) => noise.test(line)))
  const text = lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
  const frame = codeFrame(root, text)
  return frame === undefined ? text : `${text}\n\n${frame}`
}
