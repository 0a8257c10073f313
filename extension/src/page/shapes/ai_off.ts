import { saySiteShape } from '../../site_shape';

saySiteShape('ai-off');
