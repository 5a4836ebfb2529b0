/** What a campaign's jobs can be held back by, at once and without touching them */
export function jobFlags(campaign: { id: string; accountId: string; pluginId: string }): string[] {
  return [`plugin:${campaign.pluginId}`, `account:${campaign.accountId}`, `campaign:${campaign.id}`]
}
