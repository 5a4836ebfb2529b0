export type RunningSimulator = {
  readonly pluginId: string
  readonly simulator: string
  readonly port: number
}

/** Where the Sandbox process leaves the ports of its simulators */
export const SIMULATORS_FILE = 'simulators.json'
