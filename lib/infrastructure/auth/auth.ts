import type { Expiration } from 'aws-cdk-lib'
import type { ApiKeyConfig, AuthorizationConfig } from 'aws-cdk-lib/aws-appsync'
import type { Construct } from 'constructs'
import type { Mode } from '../../schema/index.ts'
import { apiKeyConfig } from '../api/api-key.ts'
import type { Stage } from '../stage.ts'
import type { AuthProps } from './auth-props.ts'
import { authSettings, modesOf } from './auth-settings.ts'
import { authorizationOf } from './authorization.ts'
import { firstUsersOf } from './first-users.ts'
import { OwnUsers } from './own-users.ts'

/** Who may call the API: its modes, its key and its users. */
export class Auth {
  /** The modes of the API, the default mode first. */
  readonly modes: readonly Mode[]
  /** Undefined: the API has no key. */
  readonly key: (ApiKeyConfig & { readonly expires: Expiration }) | undefined
  /** The users of the pool that the stack makes. Undefined: the stack makes none. */
  readonly users: OwnUsers | undefined
  /** The source of users whose ids are their `sub` alone. Undefined: there is at most one source. */
  readonly firstUsers: string | undefined
  /** The same for the CDK. */
  readonly config: AuthorizationConfig

  /**
   * @param scope the API, below which the user pool is made
   * @throws Error for a wrong option of the deployment, and for combinations that AppSync rejects
   */
  constructor(scope: Construct, stage: Stage, props?: AuthProps) {
    const settings = authSettings(scope, stage, props)
    this.modes = modesOf(settings)
    this.key = settings.keyNumber === undefined ? undefined : apiKeyConfig(settings.keyNumber)
    const isOwn = settings.users.some(({ kind }) => kind === 'own pool')
    this.users = isOwn ? new OwnUsers(scope, 'Users', stage) : undefined
    this.firstUsers = firstUsersOf(settings, this.users)
    this.config = authorizationOf(settings, { key: this.key, own: this.users })
  }
}
