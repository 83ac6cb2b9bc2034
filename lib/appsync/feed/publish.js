/**
 * 8. AppSync pushes the result of the publish mutation: its argument. Runs in AppSync (APPSYNC_JS).
 */
export function request(ctx) {
  return { payload: ctx.args.event }
}

export function response(ctx) {
  return ctx.result
}
