using System.Globalization;

namespace FlowDispatch.Templating;

/// <summary>
/// A template could not be rendered for these variables: it broke a limit of <see cref="TemplateOptions"/> or asked for the
/// impossible. It concerns this rendering only; others with the same template may succeed.
/// </summary>
public sealed class TemplateRenderException : Exception
{
    /// <summary>A rendering that failed, without saying why.</summary>
    public TemplateRenderException()
        : this("The template could not be rendered.")
    {
    }

    /// <summary>A rendering that failed.</summary>
    public TemplateRenderException(string message)
        : base(message)
    {
    }

    /// <summary>A rendering that failed because of another error.</summary>
    public TemplateRenderException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>A rendering that failed at a place of the template, by a limit or by a filter.</summary>
    public TemplateRenderException(string message, int line, int column, string? limit = null)
        : base(string.Create(CultureInfo.InvariantCulture, $"Line {line}, column {column}: {message}")) =>
        (Line, Column, Limit) = (line, column, limit);

    /// <summary>The line of the template, from 1; 0 when unknown.</summary>
    public int Line { get; }

    /// <summary>The column, from 1; 0 when unknown.</summary>
    public int Column { get; }

    /// <summary>The property of <see cref="TemplateOptions"/> that was broken; null when it was no limit.</summary>
    public string? Limit { get; }
}
