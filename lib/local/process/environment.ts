import { statSync } from 'node:fs'
import { devNull } from 'node:os'

/** The settings of AWS SDKs and the AWS CLI. An app's synthesis may use them. */
const OF_SDK = /^AWS_/
/** The settings of Lambda's runtime and of X-Ray. Only a function may have them. */
const OF_LAMBDA =
  /^(_?AWS_XRAY_\w+|_X_AMZN_TRACE_ID|AWS_LAMBDA_\w+|AWS_EXECUTION_ENV|LAMBDA_TASK_ROOT)$/
/** The user's variables that other programs, such as an emulator or a compiler, get. */
const FOR_PROGRAMS = ['PATH', 'HOME', 'JAVA_HOME', 'TMPDIR', 'SystemRoot', 'TEMP']
/** The hosts that no request reaches through a proxy. */
const THIS_MACHINE = 'localhost,127.0.0.1,[::1],::1'
const DEFAULT_REGION = 'us-east-1'
/** A region is a part of host names. */
const REGION = /^[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/i

/** The variables that `isolate` has taken away and that a synthesis gets back. */
const taken: Record<string, string> = {}

/**
 * Isolates this process, and the processes and threads that it starts, from the user's settings for
 * AWS and proxies. All services of a local run are on this machine. Their clients get address, region
 * and credentials from the code, so each other setting could only break them.
 */
export function isolate(): void {
  for (const [name, value = ''] of Object.entries(process.env)) {
    if (!OF_SDK.test(name) && !OF_LAMBDA.test(name)) continue
    if (!OF_LAMBDA.test(name)) taken[name] = value
    delete process.env[name]
  }
  const { NO_PROXY = '', no_proxy: direct = NO_PROXY } = process.env
  Object.assign(process.env, {
    // The SDK reads no profiles of the user.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    // The SDK warns every process about the next Node.js version that it requires.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    // Node.js 24 uses a proxy for all requests if NODE_USE_ENV_PROXY is set.
    no_proxy: direct === '' ? THIS_MACHINE : `${direct},${THIS_MACHINE}`,
  })
}

/**
 * Returns the environment of a synthesis: the user's own, as for `cdk synth`. Excludes the debugger,
 * whose port this process may use, and overflowing context, which only the CDK command line writes.
 */
export function synthesisEnvironment(): NodeJS.ProcessEnv {
  const { CONTEXT_OVERFLOW_LOCATION_ENV: _, NODE_OPTIONS, ...own } = process.env
  const nodeOptions = NODE_OPTIONS?.replaceAll(/--inspect\S*/g, '').trim()
  const { AWS_CONFIG_FILE: _file, AWS_SHARED_CREDENTIALS_FILE: _shared, ...rest } = own
  return { ...rest, ...taken, ...(nodeOptions && { NODE_OPTIONS: nodeOptions }) }
}

/** Returns the variables that a native program or a Java runtime needs to start, and no others. */
export function programEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    FOR_PROGRAMS.flatMap((name) =>
      process.env[name] === undefined ? [] : [[name, process.env[name]]],
    ),
  )
}

/** @throws Error if the user's own esbuild is missing: its library does not name the variable */
export function checkBundler(path = process.env.ESBUILD_BINARY_PATH): void {
  if (path && !statSync(path, { throwIfNoEntry: false })?.isFile())
    throw new Error(`ESBUILD_BINARY_PATH must be a program or unset; got ${path}`)
}

/**
 * Returns the region that `AWS_REGION` names. Default: us-east-1.
 * @throws Error for a text that cannot be a region
 */
export function regionOf(setting = process.env.AWS_REGION): string {
  const region = setting?.trim() || DEFAULT_REGION
  if (REGION.test(region)) return region
  throw new Error(`AWS_REGION must be a region such as ${DEFAULT_REGION}; got ${region}`)
}
