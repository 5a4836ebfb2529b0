export default class AdminServicesController {}
