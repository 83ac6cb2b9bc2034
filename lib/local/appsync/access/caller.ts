import type { JWTPayload } from 'jose'
import type { Principal } from '../../access/iam.ts'
import type { Authorization } from './tokens/lambda-authorizations.ts'

/** The caller of a request, as AppSync identifies it. */
export type Caller =
  | { readonly mode: 'API_KEY' }
  | { readonly mode: 'AWS_IAM'; readonly principal: Principal }
  | {
      readonly mode: 'AMAZON_COGNITO_USER_POOLS'
      readonly claims: JWTPayload
      readonly defaultAction: 'ALLOW' | 'DENY'
    }
  | { readonly mode: 'OPENID_CONNECT'; readonly claims: JWTPayload }
  | ({ readonly mode: 'AWS_LAMBDA' } & Authorization)
