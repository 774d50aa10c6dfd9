"""Faces in photos: found, measured, grouped and recognised; arrays in, arrays out.

`analysis.find_faces` is the entrance for one photo, `clustering.group_faces` groups the
unknown faces of many, and `classification.recognise_faces` compares them with named
people; these two load no dlib, so that who asks a child for them stays small.
The networks and predictors are dlib's (https://github.com/davisking/dlib-models).

ModelUnusable
└── FaceModelsMissing   the weights are not installed, or lack a file
"""
