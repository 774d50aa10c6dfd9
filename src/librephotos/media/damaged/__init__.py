"""What can be seen of a picture whose data is damaged or cut short.

A decoder that refuses such data is asked again to give what it has: libvips, libheif,
dav1d or Pillow, none of which may show memory that nobody wrote to. Where the picture
itself yields nothing, a preview that lies in the file is shown. Limits hold as ever,
and a picture of which nothing but one colour comes out counts as unreadable.
"""

from librephotos.media.damaged.decoding import decode_damaged, decode_damaged_bytes
from librephotos.media.damaged.sentences import damage_text

__all__ = ["damage_text", "decode_damaged", "decode_damaged_bytes"]
