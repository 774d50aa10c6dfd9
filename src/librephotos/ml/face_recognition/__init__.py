"""Faces in photos: found, measured, grouped and recognised; arrays in, arrays out.

`analysis.find_faces` is the entrance for one photo, `clustering.cluster` groups the
unknown faces of many, and `classification.classify` compares them with named people.
The networks and predictors are dlib's (https://github.com/davisking/dlib-models).

ModelUnusable
└── FaceModelsMissing   the weights are not installed, or lack a file
"""
