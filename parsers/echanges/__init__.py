"""Exchange files, in their fixed form and in XML: zones, controls, typed values, writing."""
