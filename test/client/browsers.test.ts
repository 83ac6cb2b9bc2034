import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

const ROOT = join(__dirname, '../..')
const FOLDER = join(ROOT, 'lib/client')

/** A virtual file: a page that uses its own WebSocket. */
const PAGE = join(FOLDER, 'page.piece.ts')
const PAGE_TEXT = `import { appSyncTransport } from './index.ts'
appSyncTransport({ graphqlUrl: '', apiKey: '', webSocket: WebSocket })
appSyncTransport({ graphqlUrl: '', apiKey: '' })
`

test('the client compiles for browsers, without the types of Node.js', () => {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, ROOT)
  const lib = ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts']
  const host = ts.createCompilerHost(options)
  const { fileExists, getSourceFile } = host
  host.fileExists = (path) => path === PAGE || fileExists(path)
  host.getSourceFile = (path, version) =>
    path === PAGE ? ts.createSourceFile(path, PAGE_TEXT, version) : getSourceFile(path, version)
  const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(FOLDER, name))
  const program = ts.createProgram([...files, PAGE], { ...options, types: [], lib }, host)
  const messages = ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => [file?.fileName, messageText])
  expect(messages).toEqual([])
})
