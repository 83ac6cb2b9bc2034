/** 8. AppSync pushes what the publish mutation returns: its argument. Runs in AppSync (APPSYNC_JS). */
export function request(ctx) {
  return { payload: ctx.args.event }
}

export function response(ctx) {
  return ctx.result
}
