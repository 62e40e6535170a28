namespace FlowDispatch.Templating.Liquid;

/// <summary>Collects the paths that are nothing, each once and not without end: a hostile template has thousands.</summary>
internal static class MissingPaths
{
    /// <summary>Most that are told of one person.</summary>
    public const int Most = 50;

    public static void Add(ICollection<string> missing, string path)
    {
        if (missing.Count < Most && !missing.Contains(path))
        {
            missing.Add(path);
        }
    }
}
