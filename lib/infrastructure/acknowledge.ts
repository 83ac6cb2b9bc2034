import { Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

/** Gives the reason for what a rule of cdk-nag's AwsSolutions pack finds below a construct. */
export function acknowledge(construct: IConstruct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id, reason })
}
