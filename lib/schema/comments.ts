import type { ASTNode, Token } from 'graphql'
import { TokenKind } from 'graphql'

/**
 * Returns the comment lines directly above a node, without their `#`. An empty line ends the
 * comment.
 */
export function commentAbove({ loc }: ASTNode): string[] {
  const lines: string[] = []
  let below = loc?.startToken
  for (let token = below?.prev; isCommentAbove(token, below); token = token.prev) {
    lines.unshift(token.value.trim())
    below = token
  }
  return lines
}

/**
 * Whether a token is a comment above a node. A comment at the end of a line of code belongs to that
 * line.
 */
function isCommentAbove(
  token: Token | null | undefined,
  below: Token | undefined,
): token is Token & { readonly value: string } {
  if (token?.kind !== TokenKind.COMMENT || !below) return false
  return token.line === below.line - 1 && token.prev?.line !== token.line
}

/** Whether a node contains a comment. */
export function hasCommentWithin({ loc }: ASTNode): boolean {
  for (
    let token = loc?.startToken;
    token && token !== loc?.endToken;
    token = token.next ?? undefined
  )
    if (token.kind === TokenKind.COMMENT) return true
  return false
}
