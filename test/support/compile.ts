import { dirname, join } from 'node:path'
import ts from 'typescript'

const ROOT = join(__dirname, '../..')

/**
 * Type-checks pieces of code with the project's own settings, as if each were a file in `test`.
 * Returns the messages for each piece; none for a piece that compiles.
 */
export function compile(pieces: Readonly<Record<string, string>>): Record<string, string[]> {
  const names = Object.keys(pieces)
  const path = (name: string) => join(ROOT, 'test', `${name}.piece.ts`)
  const texts = new Map(names.map((name) => [path(name), pieces[name] ?? '']))
  const messages = messagesOf(texts, names.map(path))
  return Object.fromEntries(names.map((name, index) => [name, messages[index] ?? []]))
}

/** Type-checks files of the project with some files' texts replaced. */
export function compileWith(
  texts: ReadonlyMap<string, string>,
  files: readonly string[],
): string[] {
  const absolute = [...texts].map(([path, text]) => [join(ROOT, path), text] as const)
  const paths = files.map((path) => join(ROOT, path))
  return messagesOf(new Map(absolute), paths).flat()
}

function messagesOf(texts: ReadonlyMap<string, string>, paths: readonly string[]): string[][] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, ROOT)
  Object.assign(options, { noUnusedLocals: false })
  const host = ts.createCompilerHost(options)
  const { directoryExists, fileExists, readFile, getSourceFile } = host
  const folders = new Set([...texts.keys()].map(dirname))
  host.directoryExists = (path) => folders.has(path) || directoryExists?.(path) === true
  host.fileExists = (path) => texts.has(path) || fileExists(path)
  host.readFile = (path) => texts.get(path) ?? readFile(path)
  host.getSourceFile = (path, languageVersion) => {
    const text = texts.get(path)
    return text === undefined
      ? getSourceFile(path, languageVersion)
      : ts.createSourceFile(path, text, languageVersion)
  }
  const program = ts.createProgram([...paths], options, host)
  return paths.map((path) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(path))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
  )
}
