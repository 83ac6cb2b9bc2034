import { Duration, Stack } from 'aws-cdk-lib'
import {
  AccountRecovery,
  Mfa,
  UserPool,
  type UserPoolClient,
  type UserPoolClientOptions,
} from 'aws-cdk-lib/aws-cognito'
import { Construct } from 'constructs'
import { acknowledge } from '../acknowledge.ts'
import { keepLogicalId, USER_POOL } from '../logical-id.ts'
import type { Stage } from '../stage.ts'

const SHORTEST_PASSWORD = 12

/** How long tokens are valid. A revoked user keeps the access for at most an hour. */
const VALIDITY = {
  accessTokenValidity: Duration.hours(1),
  idTokenValidity: Duration.hours(1),
  refreshTokenValidity: Duration.days(30),
} satisfies UserPoolClientOptions

/**
 * The user pool that the stack makes, and its client for apps. `prod` keeps and protects both. Their
 * logical ids do not depend on their places in the app, so that a renamed construct loses no user.
 *
 * - Users sign in with their e-mail addresses. This cannot be changed later. A user's id, `sub`, is
 *   never used again.
 * - Administrators create users. Self sign-up is off, because everybody could then become a user, and
 *   each rule for all users would be a rule for the public. docs/deploy.md has the code to turn it on.
 * - Passwords have at least 12 characters of all four kinds. Users may add an app with one-time
 *   passwords (TOTP). A forgotten password is reset through the verified e-mail address.
 * - The client is for browsers and mobile apps, which cannot keep a secret: it has none, and uses the
 *   Secure Remote Password protocol (SRP), which never sends the password. Wrong names and wrong
 *   passwords cause the same error.
 */
export class OwnUsers extends Construct {
  readonly userPool: UserPool
  readonly client: UserPoolClient

  constructor(scope: Construct, id: string, { isProtected, removalPolicy }: Stage) {
    super(scope, id)
    this.userPool = new UserPool(this, 'Pool', {
      signInAliases: { email: true },
      signInCaseSensitive: false,
      selfSignUpEnabled: false,
      autoVerify: { email: true },
      // A changed address takes effect after its verification, so that nobody takes over another's.
      keepOriginal: { email: true },
      passwordPolicy: {
        minLength: SHORTEST_PASSWORD,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
      },
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { sms: false, otp: true },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      deletionProtection: isProtected,
      removalPolicy,
    })
    acknowledge(this.userPool, 'AwsSolutions-COG2', 'Each user decides on a second factor')
    acknowledge(
      this.userPool,
      'AwsSolutions-COG8',
      'Threat protection needs the Plus plan, which costs more for each user',
    )
    this.client = this.userPool.addClient('Client', {
      authFlows: { userSrp: true },
      disableOAuth: true,
      generateSecret: false,
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      ...VALIDITY,
    })
    this.client.applyRemovalPolicy(removalPolicy)
    keepLogicalId(this.userPool, USER_POOL)
    keepLogicalId(this.client, 'UserPoolClient')
  }

  /** The claim `iss` of the pool's tokens. */
  get issuer(): string {
    const { region } = Stack.of(this)
    return `https://cognito-idp.${region}.amazonaws.com/${this.userPool.userPoolId}`
  }
}
