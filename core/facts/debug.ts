import debug from 'debug'

/** Traces of this domain, with `DEBUG=griot:facts` in the environment */
export default debug('griot:facts')
