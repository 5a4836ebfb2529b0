import debug from 'debug'

/** Traces of this domain, with `DEBUG=griot:tracking` in the environment */
export default debug('griot:tracking')
