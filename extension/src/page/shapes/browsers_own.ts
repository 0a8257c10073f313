import { saySiteShape } from '../../site_shape';

saySiteShape('browsers-own');
