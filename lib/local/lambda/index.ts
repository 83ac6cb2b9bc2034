import type { RolePrincipal } from '../access/iam.ts'
import type { Roles } from '../access/roles.ts'
import type { Assembly } from '../assembly.ts'
import type { Faults } from '../faults/index.ts'
import type { Template } from '../template/index.ts'
import { type Endpoints, functionEnvironment } from './environment.ts'
import type { StartEnvironment } from './execution-environment.ts'
import { functionDefinition, type RunOptions } from './function-definition.ts'
import { FunctionHost } from './function-host.ts'
import type { LocalFunction } from './local-function.ts'
import type { Log } from './log-entry.ts'

export type { StartEnvironment } from './execution-environment.ts'
export type { FunctionError, InvocationResult, LocalFunction } from './local-function.ts'
export type { Log, LogEntry } from './log-entry.ts'

export interface Functions {
  /**
   * Returns a function by ARN or by name; undefined if it does not exist. A version or alias refers
   * to the same function.
   */
  find(arnOrName: string): LocalFunction | undefined
  /** Returns the principal that a function of the template runs as, by the function's ARN. */
  principal(arn: string): RolePrincipal | undefined
  /**
   * Runs new invocations of a function on other code. Running invocations finish on the old code.
   */
  replaceCode(logicalId: string, folder: string): void
  /** Waits until no invocation runs or waits. */
  drain(): Promise<void>
  /** Stops the functions. Running invocations have `grace` milliseconds to finish. */
  stop(grace?: number): Promise<void>
}

export interface FunctionsOptions {
  readonly template: Template
  readonly assembly: Assembly
  readonly run: RunOptions
  readonly roles: Roles
  readonly endpoints: Endpoints
  /** Environment variables that the run adds to those of the template. */
  readonly variables: Readonly<Record<string, string>>
  readonly log: Log
  /** Receives the X-Ray segments of sampled invocations. */
  readonly trace: (segment: object) => void
  /** The faults to inject. */
  readonly faults: Faults
  /** Starts an execution environment. Default: a thread. */
  readonly startEnvironment?: StartEnvironment | undefined
}

/** Prepares the functions of a template for invocations. Their code is loaded when it is needed. */
export function startFunctions(options: FunctionsOptions): Functions {
  const { template, assembly, run, roles, endpoints, variables, ...hostOptions } = options
  const hosts = template.resources('AWS::Lambda::Function').map((resource) => {
    const definition = functionDefinition(resource, assembly, run)
    const { arn, roleArn } = definition
    const role =
      roles.ofRole(roleArn, { name: definition.name, functionArn: arn }) ??
      resource.properties().fail('Role', `the template has no role ${roleArn}`)
    const environment = { ...functionEnvironment(definition, role, endpoints), ...variables }
    return {
      name: resource.name,
      role,
      host: new FunctionHost(definition, { environment, ...hostOptions }),
    }
  })
  return {
    find: (arnOrName) =>
      hosts.find(
        ({ name, host }) =>
          arnOrName === name || arnOrName === host.arn || arnOrName.startsWith(`${host.arn}:`),
      )?.host,
    principal: (arn) => hosts.find(({ host }) => host.arn === arn)?.role,
    replaceCode(logicalId, folder) {
      hosts.find(({ host }) => host.logicalId === logicalId)?.host.replaceCode(folder)
    },
    async drain() {
      await Promise.all(hosts.map(({ host }) => host.drain()))
    },
    async stop(grace) {
      await Promise.all(hosts.map(({ host }) => host.stop(grace)))
    },
  }
}
