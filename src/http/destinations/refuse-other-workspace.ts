import { GatewayError } from '../../canonical/errors.ts'

/**
 * Refuses a workspace that is not the account itself: one that does not exist must not be taken for the whole account.
 * @throws GatewayError 400
 */
export function refuseOtherWorkspace(workspace: string | null, account: string): void {
  if (workspace === null || workspace === account) return
  const issue = { path: 'workspace_id', message: `must be "${account}" or absent: this gateway has no workspaces` }
  throw new GatewayError('invalid_request', `${issue.path} ${issue.message}.`, { issues: [issue] })
}
