/** Runs whose content a thread keeps: as many as a worker has sessions open */
export const KEPT_SHARED = 8
