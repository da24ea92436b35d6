// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The key that signs modules for "seamstep simulate". The key is public and protects nothing. */
#include "model_image.h"

/*
 * Modules of the software model must carry a real RSA-3072 signature, because the model checks it
 * as the P-SEAMLDR does. This key makes simulations start at once and their images the same
 * everywhere. Only simulated machines with that configuration accept it; "seamstep lab create"
 * makes a new key.
 */
const char model_key_pem[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MIIG/AIBADANBgkqhkiG9w0BAQEFAASCBuYwggbiAgEAAoIBgQDM2Jzu375rVbru\n"
	"J5S0PxMIFtDI+d9nuOADaCo08myAZnbCwd5KMzt1cpSyljktD14iaDRGnDubz+rV\n"
	"zMM1gMi/XHHPB6KaC37YtxjEqCv/Ux03wqILgrEP6Zg+HkSd0mFrQcFErKLZogp5\n"
	"OXDGRspa/tkoT//RNx2dSfo2zjyX+QGGDh4/w8dEQ3tDWAPJRXV9i4EqpNsi8KQv\n"
	"nacQAs2lVqEzFVr8orgA3ufDAFX5W+k+q8sMWC9lNkiwiYCl7u/m58TCHt6Oaggo\n"
	"Ov+HXjvNFOSrXff83Aoylc7L2yxcAo4UIRm20Oc1Vn+TSPdrUfHK24l/Ta5dOeQD\n"
	"UbFaL1OhCadThhcXFUF8Ph8mL9cStANk5EMVn/xDjALhRQ13/qXtn581DjlWg+Hn\n"
	"NkE4JbBurzr7ELEQqiEOfXXMyjjUCehC1ogLL7owgl1SyhVKgmI0OfvJf9K+Q3La\n"
	"YbCqzlnaNWyN47hknBjZYEItVI8dFckZB35EGa42u/auoS4wgSkCAwEAAQKCAYAj\n"
	"bE3vDOf73a5eop+Xb9TVsERYjMUyRYkPbcLmtwlGRvHAig/rmuJsU+0c2Nd4UFEB\n"
	"+C0aDMhOEG1WnXsgVG3ikZTorTRUGSrNRRRWZZJ+K5xA2Tp2bRo7WzTFgSxyckAA\n"
	"cTV/r67Vnazb+6/hyboSdEGPNA5T2okXewR218Eospmt2eEnO67IwjadlanJ82X2\n"
	"2Nn0St/OMfjidwu9vA5dyhZEJCxAxc6179X6JaO4ZEl4WfLZ5qIDiZiWVqDVkPTB\n"
	"5tCAtGfZwWz5w9eWQLOf57lcU/67wTAArrajOXv/IWfN8yc5XADi7KVJBptBjogs\n"
	"eNFFAtvWuyw81CsERn5nvTbliFmeZTAdaCtjXhx6eE/zAQ/K6VTGGKuKX95vjkMJ\n"
	"5cfoJZVuHRBdiXzL+3OY3PjQqX9AjRw6KtcChrJQPIk9W4SKvXb/bgHT720y/h7v\n"
	"Vu5oMuOqg4vfWTqxPhOhYZxZUjjwXxv7crttoTVjuEpkQKu+xm3JgpLXeeKLw6UC\n"
	"gcEA+W+1nCUt/mcWrEbs+IB4Hz0Mbzxf8PtT4XIqxW7iLMfUVa33TxJ+/Q20rlW4\n"
	"FTpFK2wde6cmmbKRnkecU7AV3sRWLo6Nvs0mSxsNuRrHOrScNCFiHjxntIM4OvsK\n"
	"A6Nfd146jaY+9fi4jAlnNa+Sf/VrljlgZBstWOQWBQpYU89hxlXqjrGEl3k9b8d/\n"
	"qbBsg7mj7W5Mk7EpZ4Vy/y73Bah6kX45kNlBu1Q+2mqYVPLHizMcwMplNBifkTnW\n"
	"BFj3AoHBANI8hz3mKQxP3VShWA/dbaWXHxhXpdTOzf44xtYDIiporEAWoQEjzZm4\n"
	"iPzC5pp5T0NF0asNz2cG3Adga58HQZf+MVhOUdO7/5MqmEULIFIM20pPHYFWK2ua\n"
	"3BCJvbaGuQ1ELRB0wBT+wr5pXBamd3fCg53NoF3ZueuysTpCYGxgWdpjKVnXaznp\n"
	"5qANBHwseZ7uIYfIVs+UG55AVNYBLSBJI7SkJrHJSvDOzMN1xCljoWF8dwezBmtr\n"
	"eFHFW+KO3wKBwQC7196CipVKgsPWVUtcERNlIwpcMrFlvz96BgojyM9XPd2v8GTQ\n"
	"DXPIiivJJhCNG+a/PpotZsFw+cMj2XXmqDKwIldslDo2uDPgV61L+tiSYzVHJOTJ\n"
	"NGA81pzf/fGar8vTDwk1Zz7+6aHBA8vP6DqBVocBCJCIktbhnFLg1NuTshdFz6nm\n"
	"b9UUZV9Y8Ho5hf0Sbhj/UxMkHkS6CwuBFRM+FZTIQLCFXrdbpaP3xFKXloWjVIiQ\n"
	"v1rbkreIHHAJsh0CgcB8IhEYk1WZV26wEbQVagDbzScnEFlyFcm7WXrN0nvR3owW\n"
	"K0ZVjfZP1Y3M8KeIfig26HqsLTNQ+dPg5yWkeHxaalRod5YJFvAIzRWrbq5exAiX\n"
	"D6+0NlTc7EsT2MCTjWimVKLnHIht3R7PnxYoqZHQvKFKA6e0wmHssU3DwH1+gEWN\n"
	"lQ9NZMyDHYB28Di9uOT22lQiAECBwEmuXv24fmlOruDOQD44q0n8dZ6hql9wsMsQ\n"
	"7JS7jxEzS/l3Drj6RLECgb9O7NDxK7k0mjx2XotP5/pvyFFzHG/X5f/99lTrFnIc\n"
	"hHmsyTqBVlXBjlBA+qnl9OClV57C0yqBikS0h6ZMgrckYTRKwvYL5CzeSUHv40NI\n"
	"GlRxOL2vG9F+p/5+o/7SodRypigiUCPyC/w4R837bjLvCmDFvM8j8r1S8E4MynfM\n"
	"zb0jKzVfACKKtxEoV6oq+VMlHl1EMLOLeFMJlRZ3c2qFtY5zlKWVdnPtG0B/nl2m\n"
	"wgiK879im5gTMbOPyMuh+g==\n"
	"-----END PRIVATE KEY-----\n";
