/** What must be taken down when the suite of this process ends */
export const suiteCleanups: (() => Promise<void>)[] = []
