// Loaded by Node.js before aws-lambda-ric, which stays unchanged. Uses the package's native part if
// it has been compiled, and its replacement otherwise.
import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NATIVE = './rapid-client.node'
const REPLACEMENT = new URL('./native-client.cjs', import.meta.url).href

registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== NATIVE) return next(specifier, context)
    const folder = dirname(fileURLToPath(context.parentURL))
    if (existsSync(join(folder, NATIVE))) return next(specifier, context)
    return { url: REPLACEMENT, format: 'commonjs', shortCircuit: true }
  },
})
