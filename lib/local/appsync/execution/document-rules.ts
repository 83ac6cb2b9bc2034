import {
  type FragmentDefinitionNode,
  GraphQLError,
  getEnterLeaveForKind,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionNode,
  SingleFieldSubscriptionsRule,
  specifiedRules,
  type ValidationContext,
  type ValidationRule,
} from 'graphql'

/** A rule for documents, with the name of its errors in graphql-java, and therefore in AppSync. */
export interface NamedRule {
  readonly kind: string
  readonly rule: ValidationRule
}

const KINDS: Readonly<Record<string, string>> = {
  FieldsOnCorrectTypeRule: 'FieldUndefined',
  FragmentsOnCompositeTypesRule: 'FragmentTypeConditionInvalid',
  KnownArgumentNamesRule: 'UnknownArgument',
  KnownDirectivesRule: 'UnknownDirective',
  KnownFragmentNamesRule: 'UndefinedFragment',
  KnownTypeNamesRule: 'UnknownType',
  LoneAnonymousOperationRule: 'LoneAnonymousOperationViolation',
  NoUndefinedVariablesRule: 'UndefinedVariable',
  NoUnusedFragmentsRule: 'UnusedFragment',
  NoUnusedVariablesRule: 'UnusedVariable',
  OverlappingFieldsCanBeMergedRule: 'FieldsConflict',
  ProvidedRequiredArgumentsRule: 'MissingFieldArgument',
  ScalarLeafsRule: 'SubSelectionRequired',
  UniqueOperationNamesRule: 'DuplicateOperationName',
  ValuesOfCorrectTypeRule: 'WrongType',
  VariablesInAllowedPositionRule: 'VariableTypeMismatch',
}

/** @param introspection whether documents may query the schema */
export function documentRules(introspection: boolean): readonly NamedRule[] {
  const rules = specifiedRules.map((rule) => ({
    kind: KINDS[rule.name] ?? rule.name.replace(/Rule$/, ''),
    rule: rule === SingleFieldSubscriptionsRule ? singleField : rule,
  }))
  return [
    ...rules,
    { kind: 'ForbidSkipAndIncludeOnSubscriptionRoots', rule: unconditionalSubscription },
    ...(introspection ? [] : [{ kind: 'FieldUndefined', rule: noIntrospection }]),
  ]
}

/**
 * Reports `@skip` and `@include` at the root of a subscription. The GraphQL specification forbids
 * both: https://spec.graphql.org/September2025/#sec-Single-Root-Field
 */
const unconditionalSubscription: ValidationRule = (context) => ({
  OperationDefinition(operation) {
    for (const node of conditionalRoots(context, operation)) {
      context.reportError(
        new GraphQLError(
          'The root field of a subscription must not have @skip or @include: remove the directive.',
          { nodes: node },
        ),
      )
    }
  },
})

/** The rule of graphql-js. It throws if a variable or a wrong value decides about a root field. */
const singleField: ValidationRule = (context) => {
  const { enter } = getEnterLeaveForKind(
    SingleFieldSubscriptionsRule(context),
    Kind.OPERATION_DEFINITION,
  )
  return {
    OperationDefinition(operation, ...place) {
      if (conditionalRoots(context, operation).length === 0) enter?.(operation, ...place)
    },
  }
}

/** Returns the selections at the root of a subscription that have `@skip` or `@include`. */
function conditionalRoots(
  context: ValidationContext,
  { operation, selectionSet }: OperationDefinitionNode,
): readonly SelectionNode[] {
  if (operation !== OperationTypeNode.SUBSCRIPTION) return []
  const visited = new Set<FragmentDefinitionNode>()
  const inside = (selections: readonly SelectionNode[]): readonly SelectionNode[] =>
    selections.flatMap((selection) => {
      const own = selection.directives?.some(({ name }) => /^(skip|include)$/.test(name.value))
      if (own) return [selection]
      if (selection.kind === Kind.FIELD) return []
      if (selection.kind === Kind.INLINE_FRAGMENT) return inside(selection.selectionSet.selections)
      const fragment = context.getFragment(selection.name.value)
      if (!fragment || visited.has(fragment)) return []
      visited.add(fragment)
      return inside(fragment.selectionSet.selections)
    })
  return inside(selectionSet.selections)
}

/** If introspection is disabled, AppSync reports its fields as undefined fields. */
const noIntrospection: ValidationRule = (context) => ({
  Field(node) {
    const name = node.name.value
    if (name === '__schema' || name === '__type') {
      context.reportError(
        new GraphQLError(`Cannot query field "${name}" on type "Query".`, { nodes: node }),
      )
    }
  },
})
